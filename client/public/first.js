// What must be settled before the modules of the page run. A file of its own, because the Content-Security-Policy allows
// no inline script.

// It allows no eval either: zod would try it for its first schema, and be reported. The name is zod's.
globalThis.__zod_globalConfig = { jitless: true };

// Before the first paint, so that the page never flashes in the other theme. The key is Mantine's.
(() => {
  let chosen = null;
  try {
    chosen = window.localStorage.getItem('mantine-color-scheme-value');
  } catch {
    // Storage is blocked: the system's theme it is.
  }
  const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const scheme = chosen === 'dark' || chosen === 'light' ? chosen : system;
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
