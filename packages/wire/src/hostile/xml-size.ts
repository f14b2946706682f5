import { limits } from '../limits.ts';
import type { Row } from './row.ts';

const nested = (depth: number, tag: string): string => `<${tag}>`.repeat(depth) + `</${tag}>`.repeat(depth);

/** More than a request may have of anything. */
export const hugeXml: readonly Row[] = [
  ['one byte too many', 'host', `<host>${' '.repeat(limits.bytes + 1 - '<host></host>'.length)}</host>`],
  ['blanks without end', 'host', ' '.repeat(limits.bytes + 1)],
  ['elements without end', 'host', '<a>'.repeat(limits.bytes / 3)],
  ['deep unknown elements', 'host', nested(1000, 'a')],
  ['deep ignored elements', 'host', `<host><storages>${nested(limits.depth - 1, 'a')}</storages></host>`],
  ['deep known elements', 'host_nic', '<host_nic><network><cluster><management_network><cluster>'.repeat(20)],
  ['too many elements', 'mac_pool', `<mac_pool><ranges>${'<range/>'.repeat(limits.elements)}</ranges></mac_pool>`],
  [
    'too many small elements',
    'network',
    `<network><permissions>${'<a/>'.repeat(limits.elements)}</permissions></network>`,
  ],
  [
    'too many attributes',
    'host',
    `<host ${Array.from({ length: limits.attributes + 1 }, (_, i) => `xmlns:a${i}="x"`).join(' ')}/>`,
  ],
  [
    'too many attributes on an ignored element',
    'host',
    `<host><storages ${Array.from({ length: limits.attributes + 1 }, (_, i) => `a${i}="x"`).join(' ')}/></host>`,
  ],
  ['long element name', 'host', `<host><${'a'.repeat(limits.name + 1)}/></host>`],
  ['long attribute name', 'host', `<host ${'a'.repeat(limits.name + 1)}="x"/>`],
  ['long ignored name', 'host', `<host><storages><${'a'.repeat(limits.name + 1)}/></storages></host>`],
  ['long text', 'host', `<host><name>${'a'.repeat(limits.text + 1)}</name></host>`],
  ['long text in sections', 'host', `<host><name>${`<![CDATA[${'a'.repeat(1000)}]]>`.repeat(66)}</name></host>`],
  ['long attribute', 'host', `<host id="${'a'.repeat(limits.text + 1)}"/>`],
];
