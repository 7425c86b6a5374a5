/** What nobody waits for is done once the next frame is on its way: effects of a click run before its frame otherwise. */

/** Calls `work` after the next paint, unless the answer is called before. */
export function afterPaint(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
