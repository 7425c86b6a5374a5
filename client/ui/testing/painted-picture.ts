/** A picture for scenes: the sea in the evening. */

export async function paintedPicture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(1200, 900);
  const context = canvas.getContext('2d');
  if (!context) return new Blob();
  const sky = context.createLinearGradient(0, 0, 0, 900);
  for (const [place, colour] of [
    [0, '#24466b'],
    [0.55, '#f0a868'],
    [0.56, '#1d5b6e'],
    [1, '#0b2c3a'],
  ] as const)
    sky.addColorStop(place, colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, 1200, 900);
  context.fillStyle = '#ffe3b0';
  context.beginPath();
  context.arc(820, 430, 70, 0, 2 * Math.PI);
  context.fill();
  return canvas.convertToBlob();
}
