// How the page looks, before anything is drawn: a classic script, since a module would come too late.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  let look = {};
  try {
    look = JSON.parse(localStorage.getItem('switchboard-board')) || {};
  } catch {
    // Nothing is kept, or nothing may be: then it is as the system has it.
  }
  const asked = new URLSearchParams(location.search);
  root.dataset.theme = asked.get('theme') || look.theme || 'auto';
  root.dataset.contrast = asked.get('contrast') || look.contrast || 'auto';
})();
