/** React's style attribute also takes custom properties; components hand colours to their style sheets that way. */
import 'react';

declare module 'react' {
  interface CSSProperties {
    [property: `--${string}`]: string | number | undefined;
  }
}
