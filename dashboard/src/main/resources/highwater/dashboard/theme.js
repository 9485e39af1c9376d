// Before anything is drawn: the theme that was chosen here, or the system's.
(function () {
  'use strict';
  const NAMES = ['system', 'light', 'dark'];
  const root = document.documentElement;

  function stored() {
    try {
      const name = localStorage.getItem('highwater-theme');
      return NAMES.includes(name) ? name : 'system';
    } catch {
      return 'system';
    }
  }

  function use(name) {
    if (name === 'system') root.removeAttribute('data-theme');
    else root.dataset.theme = name;
  }

  let theme = stored();
  use(theme);

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const say = () => { button.textContent = 'Theme: ' + theme; };
    say();
    button.addEventListener('click', () => {
      theme = NAMES[(NAMES.indexOf(theme) + 1) % NAMES.length];
      use(theme);
      say();
      try {
        localStorage.setItem('highwater-theme', theme);
      } catch {
        // It lasts as long as the page.
      }
      document.dispatchEvent(new Event('themechange'));
    });
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    document.dispatchEvent(new Event('themechange'));
  });
})();
