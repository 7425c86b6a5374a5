/**
 * Records a voice message with what the browser has: MediaRecorder for the sound, Web Audio for its level; nothing is played
 * meanwhile. Knows neither components nor conversations. What was recorded is in memory until `finish`, in pieces of a second.
 */

import { toFileType } from '../../../schema/document/files.ts';
import { MAX_VOICE_MS } from '../../../schema/limits.ts';
import type { OutgoingFile } from '../../conversation/attachments.ts';
import type { Observed } from '../../conversation/conversation.ts';
import { createSource } from '../observed.ts';
import { Loudness } from './loudness.ts';
import { playback } from './playback.ts';

/** `refused`: by the person or the system; `busy`: another program has it. */
export type RecordingFailure = 'refused' | 'no-microphone' | 'busy' | 'failed';

/** `limit`: it is as long as may be; `lost`: the microphone is gone. */
export type RecordingEnd = 'limit' | 'lost';

export interface RecordingView {
  readonly ms: number;
  /** The latest ones, oldest first, from 0 to 1. */
  readonly levels: readonly number[];
}

export interface Recording {
  readonly view: Observed<RecordingView>;
  /** It ended by itself; it can still be finished. */
  readonly ended: Promise<RecordingEnd>;
  /** Undefined when nothing was recorded. */
  finish(): Promise<OutgoingFile | undefined>;
  cancel(): void;
}

/** The first that the browser makes: speech in few bytes, and in Safari what it has. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** Clear speech; 4 kB a second. */
const BITS_PER_SECOND = 32_000;
const PIECE_MS = 1_000;
const LEVEL_MS = 50;
/** As many as the bar shows on a wide screen. */
const SHOWN_LEVELS = 60;

export async function startRecording(): Promise<Recording | RecordingFailure> {
  playback.pause();
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    return failureOf(error);
  }
  try {
    return record(stream);
  } catch {
    // The browser has a microphone, and nothing to record with.
    for (const track of stream.getTracks()) track.stop();
    return 'failed';
  }
}

function record(stream: MediaStream): Recording {
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType && { mimeType }) });
  const pieces: Blob[] = [];
  const loudness = new Loudness();
  const view = createSource<RecordingView>({ ms: 0, levels: [] });
  const meter = startMeter(stream);
  const startedAt = performance.now();
  let end: (why: RecordingEnd) => void = () => undefined;
  const ended = new Promise<RecordingEnd>((resolve) => {
    end = resolve;
  });

  const look = () => {
    if (recorder.state !== 'recording') return;
    const ms = Math.min(performance.now() - startedAt, MAX_VOICE_MS);
    const level = meter.level();
    loudness.add(level, ms);
    view.set({ ms, levels: [...view.get().levels.slice(1 - SHOWN_LEVELS), level] });
    if (ms >= MAX_VOICE_MS) stopFor('limit');
  };
  const timer = setInterval(look, LEVEL_MS);
  const release = () => {
    clearInterval(timer);
    meter.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  const isStopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve()));
  const stop = () => {
    if (recorder.state !== 'inactive') recorder.stop();
    release();
  };
  const stopFor = (why: RecordingEnd) => {
    stop();
    end(why);
  };
  recorder.addEventListener('dataavailable', ({ data }) => pieces.push(data));
  recorder.addEventListener('error', () => stopFor('lost'));
  for (const track of stream.getTracks()) track.addEventListener('ended', () => stopFor('lost'));
  recorder.start(PIECE_MS);

  return {
    view,
    ended,
    async finish() {
      look();
      stop();
      await isStopped;
      const type = toFileType(recorder.mimeType);
      const blob = new Blob(pieces, { type });
      if (blob.size === 0) return undefined;
      const duration = Math.max(1, Math.round(view.get().ms));
      return { blob, name: nameOf(new Date(), type), type, size: blob.size, duration, peaks: loudness.peaks };
    },
    cancel: stop,
  };
}

/** Without Web Audio it is recorded all the same, and looks like silence. */
function startMeter(stream: MediaStream): { level(): number; stop(): void } {
  try {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return {
      level() {
        analyser.getFloatTimeDomainData(samples);
        return samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
      },
      stop: () => void context.close(),
    };
  } catch {
    return { level: () => 0, stop: () => undefined };
  }
}

function failureOf(error: unknown): RecordingFailure {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'no-microphone';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed';
}

/** `voice-2026-11-23-0919.webm`: what it is called when somebody saves it. */
function nameOf(now: Date, type: string): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const ending = type === 'audio/mp4' ? 'm4a' : type === 'audio/ogg' ? 'ogg' : 'webm';
  return `voice-${day}-${two(now.getHours())}${two(now.getMinutes())}.${ending}`;
}
