// Starts Swagger UI. It reads the document of the Belfry that serves this page, and asks no other host.
window.addEventListener('DOMContentLoaded', () => {
  window.SwaggerUIBundle({
    url: new URL('../openapi.json', document.baseURI).href,
    domNode: document.querySelector('#reference'),
    validatorUrl: null,
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    docExpansion: 'list',
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
});
