/** Whether this page stands in another page, and what that means for it. */

export const isFramed = window.parent !== window;

const given = new URLSearchParams(location.search);

/** In a frame, the project that the address names is the only one there is. */
export const isProjectLocked = isFramed && (given.has("project") || given.has("selected_project"));
