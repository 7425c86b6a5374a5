// Applies a chosen theme and size of text before the first paint; a module would run after it. See client/ui/theme.ts and text-size.ts.
try {
  const theme = localStorage.getItem('tidewire.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  const size = localStorage.getItem('tidewire.text-size');
  if (size === 'small' || size === 'large' || size === 'largest') document.documentElement.dataset.textSize = size;
} catch {
  // Storage may be forbidden; what the system says is right then.
}
