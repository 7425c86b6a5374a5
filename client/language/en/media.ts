/** Sounds and pictures: recording, listening, looking through pictures. */
export const media = {
  voice: {
    record: 'Record a voice message',
    recording: 'Recording a voice message',
    recorded: 'Recorded: {{time}}',
    left: '{{time}} left',
    cancel: 'Delete the recording',
    send: 'Send voice message',
    name: 'Voice message, {{time}}',
    play: 'Play voice message, {{time}}',
    pause: 'Pause',
    position: 'Position in the voice message',
    at: '{{time}} of {{of}}',
    speed: 'Speed: {{times, number}} times',
    absent: 'Not on this device yet',
    gone: 'No longer there',
    cannotPlay: 'Cannot be played here',
    failures: {
      refused: 'The microphone is blocked. Allow it for this site in your browser, then try again.',
      'no-microphone': 'No microphone was found.',
      busy: 'The microphone is in use by another program.',
      failed: 'This browser could not record.',
    },
    ended: {
      limit:
        'A voice message takes half an hour at most, as it must fit through slow networks. It is ready to be sent.',
      lost: 'The microphone is gone. What was recorded is ready to be sent.',
      left: 'The recording ended when you left. It is ready to be sent.',
    },
  },
  gallery: {
    older: 'Previous picture',
    newer: 'Next picture',
    zoom: 'Zoom in',
    position: '{{at, number}} of {{of, number}}',
    positionOfMore: '{{at, number}} of {{of, number}} loaded',
    shown: '{{file}}, from {{name}}. {{position}}',
    seeking: 'Looking for more pictures…',
    absent: 'There is more that is not on this device. It can be seen when you are online.',
  },
  camera: {
    files: 'Photos and files',
    take: 'Take a photo',
  },
} as const;
