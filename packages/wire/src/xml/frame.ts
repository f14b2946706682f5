import type { Loose, ReadMember, ReadType } from '../view/read-type.ts';

/** What is known of an element that is open. One per depth, used again for each element there. */
export class Frame {
  /** What the element is expected to hold; `ignored` content is not looked at. */
  holds: 'ignored' | 'text' | 'members' | 'items' | 'values' = 'ignored';
  name = '';
  /** Behind the start tag. */
  offset = 0;
  /** Place among its siblings in a list, or -1. */
  index = -1;
  /** What the element is to its parent, or for an item what the wrapper is. */
  member: ReadMember;
  /** Of `object`, or of each of `items`. */
  type: ReadType;
  object: Loose = {};
  items: unknown[] = [];
  text = '';
  /** The spelling that made a list of `object` whose wrapper may be an item, and so may come again. */
  repeatable: ReadMember | undefined = undefined;
  readonly above: Frame | undefined;
  private readonly outermost: ReadMember;
  private inner: Frame | undefined = undefined;

  constructor(outermost: ReadMember, above: Frame | undefined) {
    this.outermost = outermost;
    this.member = outermost;
    this.type = outermost.type;
    this.above = above;
  }

  /** The frame of an element inside this one. */
  below(name: string, offset: number): Frame {
    this.inner ??= new Frame(this.outermost, this);
    const frame = this.inner;
    frame.holds = 'ignored';
    frame.name = name;
    frame.offset = offset;
    frame.index = -1;
    frame.text = '';
    return frame;
  }

  holdMembers(type: ReadType): Loose {
    this.holds = 'members';
    this.type = type;
    this.object = {};
    this.repeatable = undefined;
    return this.object;
  }

  /** From below the root to here, such as `modified_bonds.host_nic[0].bonding`. */
  path(): string {
    const step = this.index < 0 ? this.name : `${this.name}[${this.index}]`;
    const before = this.above?.above === undefined ? undefined : this.above.path();
    if (before === undefined) return '';
    return before === '' ? step : `${before}.${step}`;
  }
}
