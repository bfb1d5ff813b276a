/** A search in which rows are chosen has the name of its field, and says where its list is; the library that draws it does neither. */
const $ = window.django?.jQuery;

const nameOf = (select) => select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim().replace(/:$/, "") ?? select.name;

/** Its own name, then what is chosen. */
function name(select) {
  const drawn = $(select).data("select2")?.$container[0];
  const [shown, value] = [".select2-selection", ".select2-selection__rendered"].map((part) => drawn?.querySelector(part));
  if (!shown || shown.id) return;
  shown.id = `select2-${select.id}-search`;
  shown.setAttribute("aria-label", nameOf(select));
  shown.setAttribute("aria-labelledby", [shown.id, value.id].filter(Boolean).join(" "));
  for (const role of ["role", "aria-readonly"]) if (!select.multiple) value.removeAttribute(role); // no field of its own
  shown.querySelector("input")?.setAttribute("aria-label", `Search: ${nameOf(select)}`);
}

/** While it is open. */
function told({ target }) {
  const { $container, $dropdown } = $(target).data("select2");
  const shown = $container[0].querySelector(".select2-selection");
  shown.setAttribute("aria-controls", shown.getAttribute("aria-owns"));
  $dropdown[0].querySelector("input")?.setAttribute("aria-label", `Search: ${nameOf(target)}`);
}

const nameAll = (part) => part.querySelectorAll("select.admin-autocomplete").forEach(name);

if ($) {
  $(() => nameAll(document));
  document.addEventListener("formset:added", ({ target }) => nameAll(target));
  $(document).on("select2:open", told);
}
