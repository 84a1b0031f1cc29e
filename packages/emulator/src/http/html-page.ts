/** A page of HTML, as the body of an answer. */
export class HtmlPage {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** The page for a path that the API does not map. Google's front end answers it with HTML too. */
export function notFoundPage(path: string): HtmlPage {
  return new HtmlPage(`<!DOCTYPE html>
<html lang=en>
<meta charset=utf-8>
<title>Error 404 (Not Found)</title>
<p><b>404.</b> That is an error.
<p>The requested URL <code>${escaped(path)}</code> was not found on this server. That is all we know.
</html>
`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
