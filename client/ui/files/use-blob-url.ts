/** An address for bytes of this device, as long as somebody shows them. */
import { useEffect, useState } from 'react';

/** `open` must be the same function as long as the bytes are the same. */
export function useBlobUrl<Else extends string>(
  open: () => Promise<Blob | Else | undefined>,
): { readonly url?: string; readonly problem?: Else } {
  const [shown, setShown] = useState<{ readonly url?: string; readonly problem?: Else }>({});
  useEffect(() => {
    let url: string | undefined;
    let isOver = false;
    open().then(
      (found) => {
        if (isOver || found === undefined) return;
        if (typeof found === 'string') return setShown({ problem: found });
        url = URL.createObjectURL(found);
        setShown({ url });
      },
      // Nothing to show is shown as nothing.
      () => undefined,
    );
    return () => {
      isOver = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [open]);
  return shown;
}
