/** For browsers of stories: a microphone that beeps once a second, and may be used. */
export const FAKE_MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
