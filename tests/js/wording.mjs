/** The page's words as the server gives them, read from their source. */
import { readFileSync } from "node:fs";

export function page(language) {
  const source = readFileSync(new URL(`../../routing/wording/${language}.py`, import.meta.url), "utf8");
  const lines = source.slice(source.indexOf("PAGE = {")).matchAll(/^ {4}("\w+"): (".*"),$/gm);
  return Object.fromEntries([...lines].map(([, key, text]) => [JSON.parse(key), JSON.parse(text)]));
}
