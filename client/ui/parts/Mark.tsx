/** The mark of the app: a crest of two tides on a round of the accent colour. The icon files are made from this drawing. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <rect width="64" height="64" rx="17" fill="#0b6e7f" />
      <path
        d="M12 27c6.7 0 6.7-7 13.3-7s6.7 7 13.4 7 6.6-7 13.3-7"
        fill="none"
        stroke="#ffffff"
        strokeWidth="5.5"
        strokeLinecap="round"
      />
      <path
        d="M12 43c6.7 0 6.7-7 13.3-7s6.7 7 13.4 7 6.6-7 13.3-7"
        fill="none"
        stroke="#8fdbe2"
        strokeWidth="5.5"
        strokeLinecap="round"
      />
    </svg>
  );
}
