/** The document as a page for people: no script, nothing from elsewhere. */
import type { OpenApi, Operation } from './document.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function apiPage(document: OpenApi, documentUrl: string): string {
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag] = operation.tags;
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationOf(method, path, operation)]);
    }
  }
  const sections = [...byTag].map(([tag, all]) => `<section><h2 id="${tag}">${tag}</h2>${all.join('')}</section>`);
  const schemas = Object.entries(document.components.schemas)
    .filter(([name]) => !/_list$|_body$/.test(name))
    .map(([name, schema]) => typeOf(name, schema.description ?? '', schema.properties ?? {}));
  const tags = [...byTag.keys(), 'types'].map((tag) => `<a href="#${tag}">${tag}</a>`).join(' ');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Patchbay API</title><style>${style}</style>
<h1>Patchbay API</h1><p>${escaped(document.info.description)} <a href="${documentUrl}">OpenAPI document</a></p>
<nav>${tags}</nav>${sections.join('')}<section><h2 id="types">types</h2>${schemas.join('')}</section></html>`;
}

function operationOf(method: string, path: string, { summary, parameters, responses, requestBody }: Operation): string {
  const said = parameters.map((p) => `<tr><td><code>${p.name}</code><td>${p.in}<td>${escaped(p.description)}`);
  const answers = Object.entries(responses).map(
    ([status, { description, content }]) =>
      `<tr><td>${status}<td>${typesIn(content?.['application/json']?.schema)}<td>${escaped(description)}`,
  );
  const body =
    requestBody === undefined ? '' : `<p>Body: ${typesIn(requestBody.content['application/json']?.schema)}</p>`;
  return `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(summary)}</summary>
${body}<table>${said.join('')}</table><table>${answers.join('')}</table></details>`;
}

function typeOf(name: string, doc: string, members: Readonly<Record<string, object>>): string {
  const rows = Object.entries(members).map(
    ([key, schema]) =>
      `<tr><td><code>${key}</code><td>${typesIn(schema)}<td>${escaped((schema as { description?: string }).description ?? '')}`,
  );
  return `<details id="type-${name}"><summary><code>${name}</code> ${escaped(doc)}</summary><table>${rows.join('')}</table></details>`;
}

/** Names of the types that a schema leads to, or its own kind. */
function typesIn(schema: object | undefined): string {
  const names = [...JSON.stringify(schema ?? {}).matchAll(/schemas\/(\w+?)(_body)?(_list)?"/g)];
  if (names.length === 0) return escaped(String((schema as { type?: unknown } | undefined)?.type ?? ''));
  return [
    ...new Set(names.map(([, name = '', , list]) => `<a href="#type-${name}">${name}</a>${list ? ' …' : ''}`)),
  ].join(' or ');
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
nav a{display:inline-block;margin-right:.6rem}summary{cursor:pointer;padding:.2rem 0}table{border-collapse:collapse;margin:.3rem 0 .8rem 1.2rem}
td{border-top:1px solid #ddd;padding:.2rem .6rem;vertical-align:top}b{display:inline-block;min-width:4.2rem}
.get{color:#05628a}.post{color:#1c7030}.put{color:#8a5a00}.delete{color:#a01c2c}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181a1b}a{color:#7ab7ff}td{border-color:#444}.get{color:#6cc5ee}.post{color:#7bd68f}.put{color:#e9b55c}.delete{color:#ff8a96}}`;
