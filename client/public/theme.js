// Applies a chosen theme before the first paint; a module would run after it. See client/ui/theme.ts.
try {
  const theme = localStorage.getItem('tidewire.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is right then.
}
