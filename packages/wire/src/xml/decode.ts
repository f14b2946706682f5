import { placeOf, Refused } from '../bytes.ts';
import { type Mistake, reasons } from '../fault.ts';
import { limits } from '../limits.ts';
import { isBlank } from '../text/characters.ts';
import { isMistake, type TextReader } from '../text/read.ts';
import type { Loose, ReadMember, ReadType } from '../view/read.ts';
import { type Handler, parseXml } from './sax.ts';

/** What is known of an element that is still open. One object per depth, used again and again. */
interface Frame {
  holds: 'nothing-read' | 'text' | 'members' | 'items' | 'values';
  name: string;
  /** Behind its start tag. */
  offset: number;
  /** Place among its siblings in a list, or -1. */
  index: number;
  /** Of the object (`members`) or of the items (`items`). */
  type: ReadType | undefined;
  /** What made the element a member of its parent; undefined for items of a wrapper. */
  member: ReadMember | undefined;
  object: Loose;
  /** The spelling that made a list of the object whose wrapper may be an item, and so may come again. */
  repeatable: ReadMember | undefined;
  items: unknown[];
  read: TextReader;
  text: string;
}

const unread: TextReader = (text) => text;

const frame = (): Frame => ({
  holds: 'nothing-read',
  name: '',
  offset: 0,
  index: -1,
  type: undefined,
  member: undefined,
  object: {},
  repeatable: undefined,
  items: [],
  read: unread,
  text: '',
});

/** Builds the object while the document runs by; there is no tree. The stack of frames says where we are. */
class Decoder implements Handler {
  private readonly document: string;
  private readonly frames: Frame[] = [frame()];
  private depth = 0;
  private elements = 0;

  constructor(document: string, root: ReadType) {
    this.document = document;
    const [outside] = this.frames;
    if (outside) Object.assign(outside, { holds: 'items', type: root });
  }

  get result(): unknown {
    return this.frames[0]?.items[0];
  }

  private top(): Frame {
    return this.frames[this.depth] as Frame;
  }

  open(name: string, attributes: Readonly<Record<string, string>>, offset: number): void {
    this.enter(name, offset);
    let count = 0;
    for (const attribute in attributes) {
      if (++count > limits.attributes) {
        this.wrong(reasons.syntax, `an element may have ${limits.attributes} attributes at most`);
      }
      this.attribute(attribute, attributes[attribute] as string);
    }
  }

  private enter(name: string, offset: number): void {
    const parent = this.top();
    this.depth++;
    let child = this.frames[this.depth];
    if (child === undefined) {
      child = frame();
      this.frames.push(child);
    }
    child.name = name;
    child.offset = offset;
    child.index = -1;
    child.member = undefined;
    child.text = '';
    if (this.depth > limits.depth) this.wrong(reasons.syntax, `elements may be nested ${limits.depth} deep at most`);
    if (++this.elements > limits.elements) {
      this.wrong(reasons.syntax, `a document may have ${limits.elements} elements at most`);
    }
    if (name.length > limits.name) this.wrong(reasons.syntax, `a name may have ${limits.name} characters at most`);
    if (parent.holds === 'text') this.wrong(reasons.syntax, `a text was expected in <${parent.name}>, not an element`);
    switch (parent.holds) {
      case 'nothing-read':
        child.holds = 'nothing-read';
        return;
      case 'members':
        this.openMember(parent, child);
        return;
      case 'items':
        this.openItem(parent, child);
        return;
      case 'values': {
        const member = parent.member;
        if (member?.how !== 'values' || member.item !== name) {
          this.wrong(
            reasons.syntax,
            `only ${member?.how === 'values' ? `<${member.item}>` : 'text'} was expected here`,
          );
        }
        child.holds = 'text';
        child.read = member.read;
        child.index = parent.items.length;
      }
    }
  }

  private openItem(list: Frame, child: Frame): void {
    const type = list.type as ReadType;
    if (type.tags.includes(child.name)) {
      this.holdObject(child, type);
      child.index = list.items.length;
      list.items.push(child.object);
      return;
    }
    if (this.depth === 1) {
      this.wrong(reasons.syntax, `the root <${type.name}> was expected, not <${child.name}>`);
    }
    if (!this.isItemItself(list, child.name)) this.wrong(reasons.syntax, `only <${type.name}> was expected here`);
    this.becomeItem(list);
    this.openMember(list, child);
  }

  private openMember(parent: Frame, child: Frame): void {
    const { name } = child;
    const type = parent.type as ReadType;
    const member = type.members.get(name);
    if (member === undefined) this.wrong(reasons.syntax, `there is no <${name}> in ${type.name}`);
    if (member.how === 'ignore') {
      child.holds = 'nothing-read';
      return;
    }
    const before = parent.object[member.key];
    child.member = member;
    switch (member.how) {
      case 'text':
        if (before !== undefined) this.twice(member.key);
        child.holds = 'text';
        child.read = member.read;
        return;
      case 'struct':
        if (before !== undefined) this.twice(member.key);
        this.holdObject(child, member.type);
        if (member.become === undefined) parent.object[member.key] = child.object;
        return;
      case 'flat': {
        const items = Array.isArray(before) ? before : [];
        parent.object[member.key] = items;
        this.holdObject(child, member.type);
        child.index = items.length;
        items.push(child.object);
        return;
      }
      case 'values':
        if (before !== undefined) this.twice(member.key);
        child.holds = 'values';
        child.items = [];
        parent.object[member.key] = child.items;
        return;
      case 'list':
        if (before !== undefined && parent.repeatable !== member) this.twice(member.key);
        if (member.wrapperMayBeItem) parent.repeatable = member;
        child.holds = 'items';
        child.type = member.type;
        child.items = Array.isArray(before) ? before : [];
        parent.object[member.key] = child.items;
    }
  }

  private holdObject(child: Frame, type: ReadType): void {
    child.holds = 'members';
    child.type = type;
    child.object = {};
    child.repeatable = undefined;
  }

  /** Whether a wrapper with such a child or attribute is itself an item. */
  private isItemItself(list: Frame, name: string): boolean {
    const member = list.member;
    return member?.how === 'list' && member.wrapperMayBeItem && member.type.members.has(name);
  }

  private becomeItem(list: Frame): void {
    this.holdObject(list, list.type as ReadType);
    list.items.push(list.object);
  }

  private attribute(name: string, value: string): void {
    if (name.length > limits.name) this.wrong(reasons.syntax, `a name may have ${limits.name} characters at most`);
    const top = this.top();
    if (top.holds === 'nothing-read' || name === 'xmlns' || name.startsWith('xmlns:')) return;
    if (top.holds === 'items') {
      if (!this.isItemItself(top, name)) this.unknownAttribute(name);
      this.becomeItem(top);
    }
    if (top.holds !== 'members') this.unknownAttribute(name);
    const member = top.type?.members.get(name);
    if (member === undefined) this.unknownAttribute(name);
    if (member.how === 'ignore') return;
    if (member.how !== 'text') this.wrong(reasons.syntax, `${name} must be an element, not an attribute`);
    if (top.object[member.key] !== undefined) this.twice(member.key);
    const read = member.read(value);
    if (isMistake(read)) this.mistaken(read, name);
    top.object[member.key] = read;
  }

  text(text: string): void {
    const top = this.top();
    if (top.holds === 'text') {
      top.text = top.text === '' ? text : top.text + text;
      if (top.text.length > limits.text) {
        this.wrong(reasons.syntax, `a value may have ${limits.text} characters at most`);
      }
    } else if (top.holds !== 'nothing-read' && !isBlank(text)) {
      this.wrong(reasons.syntax, `elements were expected in <${top.name}>, not text`);
    }
  }

  close(): void {
    const top = this.top();
    const parent = this.frames[this.depth - 1] as Frame;
    const { member } = top;
    if (top.holds === 'text') {
      const read = top.read(top.text);
      if (isMistake(read)) this.mistaken(read);
      if (member?.how === 'text') parent.object[member.key] = read;
      else parent.items.push(read);
    } else if (top.holds === 'members') {
      const left = top.type?.settle?.(top.object);
      if (left !== undefined) this.mistaken(left);
      if (member?.how === 'struct' && member.become !== undefined) {
        const became = member.become(top.object);
        if (isMistake(became)) this.mistaken(became);
        parent.object[member.key] = became;
      }
    }
    this.depth--;
  }

  refuse(problem: string, offset: number): never {
    this.refuseAt(reasons.syntax, problem, offset);
  }

  private twice(key: string): never {
    const { name } = this.top();
    const also = name === key ? '' : `, which is another name of ${key}`;
    this.wrong(reasons.syntax, `${key} is given twice${also}`);
  }

  private unknownAttribute(name: string): never {
    this.wrong(reasons.syntax, `there is no attribute ${name} in <${this.top().name}>`);
  }

  private mistaken(wrong: Mistake, attribute?: string): never {
    this.wrong(wrong.reason, wrong.text, attribute);
  }

  private wrong(reason: string, problem: string, attribute?: string): never {
    // No start tag holds a second `<`.
    this.refuseAt(reason, problem, this.document.lastIndexOf('<', this.top().offset - 1), attribute);
  }

  private refuseAt(reason: string, problem: string, offset: number, attribute?: string): never {
    const place = placeOf(this.document, offset);
    const element = this.path(attribute);
    const at = `line ${place.line}, column ${place.column}`;
    const detail = `${at}${element === '' ? '' : `, ${element}`}: ${problem}`;
    throw new Refused({ status: 400, reason, detail, ...place, element });
  }

  /** From below the root to where we are. */
  private path(attribute?: string): string {
    const steps = this.frames
      .slice(2, this.depth + 1)
      .map(({ name, index }) => (index < 0 ? name : `${name}[${index}]`));
    return (attribute === undefined ? steps : [...steps, attribute]).join('.');
  }
}

/** Reads a document whose root is of the given type. Throws `Refused`. */
export function decodeXml(document: string, root: ReadType): unknown {
  const decoder = new Decoder(document, root);
  parseXml(document, decoder);
  return decoder.result;
}
