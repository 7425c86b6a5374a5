/**
 * What a message says of a file before its bytes go: a name and a type that everybody takes, and of a picture its size and a few
 * pixels. Measured here, once, so that no reader's row ever jumps.
 */
import { isFilePreview, isFileSide, toFileName, toFileType } from '../../../schema/document/files.ts';
import type { OutgoingFile } from '../../conversation/attachments.ts';

/** The longer side of the preview. */
const PREVIEW_PX = 20;

export async function prepareFile(file: File): Promise<OutgoingFile> {
  const plain = { blob: file, name: toFileName(file.name), type: toFileType(file.type), size: file.size };
  // An SVG is not shown in pages, and measures what it likes.
  if (!plain.type.startsWith('image/') || plain.type === 'image/svg+xml') return plain;
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const preview = pixelsOf(picture);
    picture.close();
    if (!isFileSide(width) || !isFileSide(height)) return plain;
    return { ...plain, width, height, ...(preview && isFilePreview(preview) && { preview }) };
  } catch {
    // This browser cannot show it, so it is a file like any other.
    return plain;
  }
}

function pixelsOf(picture: ImageBitmap): string | undefined {
  const scale = PREVIEW_PX / Math.max(picture.width, picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/webp', 0.5);
}
