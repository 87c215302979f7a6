/* Before the first paint: say that scripts run, and set the theme chosen earlier. */
(function (root) {
  'use strict';
  root.className = root.className.replace('no-js', 'js');
  try {
    var chosen = localStorage.getItem('kb-theme');
    if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
  } catch (error) { /* storage is refused: follow the system */ }
})(document.documentElement);
