// Adds to Swagger UI what readers of the screen and keyboards need, and its own markup lacks. axe finds nothing then: see
// test/integration/site/api-reference.test.ts. Attributes are set after each rendering, because React keeps attributes that it
// does not know.

/** Attributes by selector. A function gets the element. */
const additions = [
  ['.information-container', { role: 'region', 'aria-label': 'About this API' }],
  ['.scheme-container', { role: 'region', 'aria-label': 'Server and keys' }],
  ['#servers', { 'aria-label': 'Server' }],
  ['.examples-select-element', { 'aria-label': 'Example' }],
  ['.responses-table', { 'aria-label': (element) => `Responses of ${operationOf(element)}` }],
  ['.live-responses-table', { 'aria-label': (element) => `Response to ${operationOf(element)}` }],
  ['tr[data-param-name] :is(select, input)', { 'aria-label': (element) => parameterOf(element) }],
  ['.body-param__text', { 'aria-label': (element) => `Body of ${operationOf(element)}` }],
  ['pre.microlight, .table-container, .responses-inner, .model-container', { tabindex: '0' }],
  ['.modal-ux', { role: 'dialog', 'aria-modal': 'true', 'aria-label': 'Available authorizations' }],
  ['.close-modal', { 'aria-label': 'Close' }],
  // Its own labels, such as "Apply credentials", lack the words that show.
  [
    '.auth-btn-wrapper .btn',
    { 'aria-label': (element) => `${element.textContent} ${schemeOf(element)}`.trim() },
  ],
  // The title is the only heading of the first level, and Swagger UI continues with the third.
  ...[3, 4, 5].map((level) => [`h${level}`, { 'aria-level': String(level - 1) }]),
  ['.auth-container h6', { 'aria-level': '4' }],
];

const operationOf = (element) => {
  const summary = element.closest('.opblock');
  const method = summary?.querySelector('.opblock-summary-method')?.textContent ?? '';
  const path = summary?.querySelector('[data-path]')?.getAttribute('data-path') ?? '';
  return `${method} ${path}`;
};

const schemeOf = (element) => element.closest('.auth-container')?.querySelector('h4 code')?.textContent ?? '';

const parameterOf = (element) => element.closest('[data-param-name]').getAttribute('data-param-name');

const add = (root) => {
  for (const [selector, attributes] of additions) {
    for (const element of root.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) {
        const text = typeof value === 'function' ? value(element) : value;
        if (element.getAttribute(name) !== text) element.setAttribute(name, text);
      }
    }
  }
};

const FOCUSABLE = ':is(a[href], button, input, select, textarea, [tabindex="0"]):not([disabled])';

/** Keeps the focus in the dialog of keys while it is open: it begins there, Tab stays there, Escape closes the dialog, and the focus returns. */
const holdFocus = (root) => {
  let isOpen = false;
  let before = document.body;
  document.addEventListener('focusin', ({ target }) => {
    if (target.closest('.modal-ux') === null) before = target;
  });
  document.addEventListener('keydown', (event) => {
    const dialog = root.querySelector('.modal-ux');
    if (dialog === null) return;
    if (event.key === 'Escape') dialog.querySelector('.close-modal').click();
    if (event.key !== 'Tab') return;
    const stops = [...dialog.querySelectorAll(FOCUSABLE)];
    const place = stops.indexOf(document.activeElement);
    const next = event.shiftKey ? place - 1 : place + 1;
    // In between, the browser knows better.
    if (place !== -1 && next >= 0 && next < stops.length) return;
    event.preventDefault();
    stops.at(event.shiftKey ? -1 : 0)?.focus();
  });
  return () => {
    const dialog = root.querySelector('.modal-ux');
    if (dialog !== null && !isOpen) dialog.querySelector('input')?.focus();
    if (dialog === null && isOpen) before.focus();
    isOpen = dialog !== null;
  };
};

/** Keeps the additions while Swagger UI renders into the element. */
window.completeReference = (root) => {
  const moveFocus = holdFocus(root);
  new MutationObserver(() => {
    add(root);
    moveFocus();
  }).observe(root, { childList: true, subtree: true });
};

/**
 * The path in the summary of an operation is a link inside of a button, which keyboards cannot reach. It becomes text: a click
 * on the summary puts the address of the operation into the address bar as well.
 */
window.pathsAsText = ({ React }) => ({
  wrapComponents: {
    DeepLink: (Original) => (props) =>
      Array.isArray(props.text)
        ? React.createElement('span', null, props.text)
        : React.createElement(Original, props),
  },
});
