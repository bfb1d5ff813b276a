/** A sheet over the desk: modal, closed by Esc, the focus goes back to where it was. */
import { html, useLayoutEffect, useRef } from "../html.js";

export function Dialog({ title, close, children, ...rest }) {
  const dialog = useRef(null);
  const back = useRef(document.activeElement);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => {
      shown.close(); // while it is open nothing else takes the focus
      if (back.current?.isConnected) back.current.focus();
    };
  }, []);
  return html`<dialog ...${rest} ref=${dialog} aria-labelledby="dialog" onClose=${close} onCancel=${close}>
    <header><h2 id="dialog">${title}</h2><button type="button" class="btn" onClick=${close}>Close</button></header>
    ${children}
  </dialog>`;
}
