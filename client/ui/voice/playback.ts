/** What is being listened to: one voice message at a time, in one element for the whole page. It goes on while one reads elsewhere. */
import { createSource } from '../observed.ts';

export const SPEEDS = [1, 1.5, 2] as const;

export interface Playback {
  /** Names the voice message. */
  readonly key: string;
  readonly is: 'loading' | 'playing' | 'paused';
  readonly ms: number;
}

const present = createSource<Playback | undefined>(undefined);
const speed = createSource<(typeof SPEEDS)[number]>(1);
let audio: HTMLAudioElement | undefined;
let frame = 0;

const follow = () => {
  const now = present.get();
  if (!audio || now?.is !== 'playing') return;
  if (!audio.seeking) present.set({ ...now, ms: audio.currentTime * 1_000 });
  frame = requestAnimationFrame(follow);
};

function element(): HTMLAudioElement {
  if (audio) return audio;
  audio = new Audio();
  audio.preservesPitch = true;
  const change = (is: Playback['is'], ms?: number) => {
    const now = present.get();
    if (now && now.is !== 'loading') present.set({ ...now, is, ...(ms !== undefined && { ms }) });
  };
  audio.addEventListener('play', () => change('playing'));
  audio.addEventListener('pause', () => change('paused'));
  audio.addEventListener('ended', () => change('paused', 0));
  return audio;
}

/** Recorders of browsers do not write how long a sound is; where it ends must be found before one can go anywhere in it. */
async function findEnd(sound: HTMLAudioElement): Promise<void> {
  if (sound.duration !== Number.POSITIVE_INFINITY) return;
  const found = new Promise((resolve) => sound.addEventListener('seeked', resolve, { once: true }));
  sound.currentTime = 1e7;
  await found;
}

async function load(sound: HTMLAudioElement, blob: Blob): Promise<void> {
  const former = sound.src;
  const isReady = new Promise((resolve, reject) => {
    sound.addEventListener('loadedmetadata', resolve, { once: true });
    sound.addEventListener('error', reject, { once: true });
  });
  sound.src = URL.createObjectURL(blob);
  if (former) URL.revokeObjectURL(former);
  await isReady;
  await findEnd(sound);
}

export const playback = {
  present,
  speed,

  /** Rejects when the browser cannot play it. Undefined bytes: there is nothing to play. */
  async play(key: string, open: () => Promise<Blob | undefined>, ms: number): Promise<void> {
    const sound = element();
    if (present.get()?.key !== key) {
      sound.pause();
      present.set({ key, is: 'loading', ms });
      try {
        const blob = await open();
        // Another one was begun meanwhile.
        if (present.get()?.key !== key) return;
        if (!blob) return present.set(undefined);
        await load(sound, blob);
      } catch (failure) {
        if (present.get()?.key === key) present.set(undefined);
        throw failure;
      }
      if (present.get()?.key !== key) return;
    }
    const from = present.get()?.ms ?? ms;
    present.set({ key, is: 'paused', ms: from });
    sound.currentTime = from / 1_000;
    sound.playbackRate = speed.get();
    await sound.play().catch((failure) => {
      // Paused again before it began.
      if (!(failure instanceof DOMException && failure.name === 'AbortError')) throw failure;
    });
    cancelAnimationFrame(frame);
    follow();
  },

  pause(): void {
    audio?.pause();
  },

  /** Of what is present. */
  seek(ms: number): void {
    const now = present.get();
    if (!audio || !now) return;
    present.set({ ...now, ms });
    if (now.is !== 'loading') audio.currentTime = ms / 1_000;
  },

  /** The next one of `SPEEDS`. */
  faster(): void {
    speed.set(SPEEDS[(SPEEDS.indexOf(speed.get()) + 1) % SPEEDS.length] ?? 1);
    if (audio) audio.playbackRate = speed.get();
  },
};
