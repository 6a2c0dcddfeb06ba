/** The path of the dashboard, such as `/ui` or `/prod/ui`. The server writes it into the page. */
export const dashboardPath = new URL(document.baseURI).pathname.replace(/\/$/, '');

/** The root of the API: the parent of the dashboard. */
export const apiRoot = new URL('..', document.baseURI);
