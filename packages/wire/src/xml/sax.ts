import { SaxesParser } from 'saxes';

/** What a document consists of, in the order of the text. `offset` is where a tag begins, in UTF-16 units. */
export interface Handler {
  open(name: string, offset: number): void;
  attribute(name: string, value: string): void;
  text(text: string): void;
  close(): void;
  /** The document is not well-formed, or holds what no request needs. Must throw. */
  refuse(problem: string, offset: number): never;
}

/** Runs through a document. A handler may end it by throwing. */
export function parseXml(document: string, handler: Handler): void {
  const parser = new SaxesParser({ position: false });
  const refuse = (problem: string): never => handler.refuse(problem, parser.position);
  parser.on('error', (error) => refuse(error.message));
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') refuse('only XML 1.0 is read');
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') refuse('only the encoding UTF-8 is read');
  });
  parser.on('doctype', () => refuse('a document type is not allowed'));
  parser.on('processinginstruction', () => refuse('a processing instruction is not allowed'));
  // The parser has read the name and the character behind it.
  parser.on('opentagstart', ({ name }) => handler.open(name, parser.position - name.length - 2));
  parser.on('attribute', ({ name, value }) => handler.attribute(name, value));
  parser.on('text', handler.text.bind(handler));
  parser.on('cdata', handler.text.bind(handler));
  parser.on('closetag', handler.close.bind(handler));
  parser.write(document).close();
}
