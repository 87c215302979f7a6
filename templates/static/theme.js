/* Before the first paint: say that scripts run, and set the theme chosen earlier. */
(root => {
  'use strict';
  root.className = root.className.replace('no-js', 'js');
  try {
    const chosen = localStorage.getItem('kb-theme');
    if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  } catch (error) { /* storage is refused: follow the system */ }
})(document.documentElement);
