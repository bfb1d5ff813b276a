/** Addresses the page was given with; nothing here is guessed. */

export const config = { ...document.body.dataset };

export const icon = (name) => `${config.icons}#${name}`;

/** The sign-in page, and back here after it. */
export function goToLogin() {
  const here = encodeURIComponent(location.pathname + location.hash);
  location.assign(`${config.login}?next=${here}`);
}

/** The log-out form of the page carries the token Django checks. */
export function leave() {
  document.getElementById("leave").submit();
}
