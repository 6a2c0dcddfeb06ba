// Starts Swagger UI. It reads the document of the Belfry that serves this page, and asks no other host.

/**
 * Shows descriptions as text, with code in backticks. Swagger UI's own component makes markup from them, which the policy of
 * the page forbids.
 */
const descriptionsAsText = ({ React }) => {
  const Markdown = ({ source }) => {
    const parts = String(source ?? '').split(/`([^`]*)`/);
    const shown = parts.map((part, place) =>
      place % 2 === 0 ? part : React.createElement('code', { key: place }, part),
    );
    return React.createElement('p', { className: 'markdown' }, shown);
  };
  return { wrapComponents: { Markdown: () => Markdown } };
};

/** Follows the system's theme: Swagger UI is dark with this class. */
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const followTheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followTheme);
followTheme();

window.addEventListener('DOMContentLoaded', () => {
  const domNode = document.querySelector('#reference');
  window.completeReference(domNode);
  window.SwaggerUIBundle({
    url: new URL('../openapi.json', document.baseURI).href,
    domNode,
    validatorUrl: null,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [descriptionsAsText, window.pathsAsText],
  });
});
