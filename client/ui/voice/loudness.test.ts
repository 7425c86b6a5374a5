/** Waveforms of recordings of any length, as they are sent. */
import { describe, expect, test } from 'vitest';
import { isVoicePeaks } from '../../../schema/document/files.ts';
import { MAX_VOICE_MS, VOICE_PEAKS } from '../../../schema/limits.ts';
import { Loudness, peakHeights } from './loudness.ts';

/** Asked every 50 ms, as a page in the foreground is. */
function record(ms: number, levelAt: (ms: number) => number, everyMs = 50): string {
  const loudness = new Loudness();
  for (let at = 0; at < ms; at += everyMs) loudness.add(levelAt(at), at);
  return loudness.peaks;
}

describe('a waveform', () => {
  test.each([0, 40, 300, 2_000, 12_345, 60_000, MAX_VOICE_MS, 2 * MAX_VOICE_MS])(
    'of %i ms is one that every replica takes',
    (ms) => {
      expect(isVoicePeaks(record(ms, (at) => Math.abs(Math.sin(at / 700))))).toBe(true);
    },
  );

  test.each([2_000, 61_000, 1_000_000])('of %i ms is loud where it was loud', (ms) => {
    const heights = peakHeights(record(ms, (at) => (at < ms / 2 ? 0.05 : 0.5)));
    expect(Math.max(...heights.slice(0, VOICE_PEAKS / 2 - 1))).toBeCloseTo(0.1, 1);
    expect(Math.min(...heights.slice(VOICE_PEAKS / 2 + 1))).toBe(1);
  });

  test('of silence is flat, whatever noise the microphone makes', () => {
    expect(Math.max(...peakHeights(record(3_000, () => 0.002)))).toBeLessThan(0.1);
  });

  test('has no holes where a page in the background was asked once a second', () => {
    expect(Math.min(...peakHeights(record(20_000, () => 0.4, 1_000)))).toBe(1);
  });

  test('takes levels that no microphone has', () => {
    const loudness = new Loudness();
    for (const [index, level] of [7, -1, Number.POSITIVE_INFINITY].entries()) loudness.add(level, index * 50);
    expect(isVoicePeaks(loudness.peaks)).toBe(true);
  });
});
