import { placeOf, Refused } from '../bytes.ts';
import { reasons } from '../fault.ts';
import { limits } from '../limits.ts';
import { isBlank } from '../text/characters.ts';
import { isMistake, type Plain } from '../text/read.ts';
import { ReadMember, type ReadType } from '../view/read-type.ts';
import { Frame } from './frame.ts';
import { type Handler, parseXml } from './sax.ts';

/** Builds the object while the document runs by; there is no tree. The frames from `top` upwards say where we are. */
class Decoder implements Handler {
  private readonly document: string;
  private readonly outside: Frame;
  private top: Frame;
  private depth = 0;
  private elements = 0;

  constructor(document: string, root: ReadType) {
    this.document = document;
    // The root is read as the only item of a list around the document.
    this.outside = new Frame(new ReadMember('list', root.name, root, String, root.name, undefined), undefined);
    this.outside.holds = 'items';
    this.top = this.outside;
  }

  get result(): unknown {
    return this.outside.items[0];
  }

  open(name: string, attributes: Readonly<Record<string, string>>, offset: number): void {
    const parent = this.top;
    const child = parent.below(name, offset);
    this.top = child;
    if (++this.depth > limits.depth) this.wrong(`elements may be nested ${limits.depth} deep at most`);
    if (++this.elements > limits.elements) this.wrong(`a document may have ${limits.elements} elements at most`);
    if (name.length > limits.name) this.wrong(`a name may have ${limits.name} characters at most`);
    if (parent.holds === 'members') this.openMember(parent, child);
    else if (parent.holds === 'items') this.openItem(parent, child);
    else if (parent.holds === 'values') this.openValue(parent, child);
    else if (parent.holds === 'text') this.wrong(`a text was expected in <${parent.name}>, not an element`);
    let count = 0;
    for (const attribute in attributes) {
      if (++count > limits.attributes) this.wrong(`an element may have ${limits.attributes} attributes at most`);
      this.attribute(child, attribute, attributes[attribute] as string);
    }
  }

  private openItem(wrapper: Frame, child: Frame): void {
    const { type } = wrapper;
    if (type.tags.includes(child.name)) {
      child.member = wrapper.member;
      child.index = wrapper.items.length;
      wrapper.items.push(child.holdMembers(type));
      return;
    }
    if (wrapper === this.outside) this.wrong(`the root <${type.name}> was expected, not <${child.name}>`);
    if (!this.isItemItself(wrapper, child.name)) this.wrong(`only <${type.name}> was expected here`);
    wrapper.items.push(wrapper.holdMembers(type));
    this.openMember(wrapper, child);
  }

  private openValue(wrapper: Frame, child: Frame): void {
    const { item } = wrapper.member;
    if (child.name !== item) this.wrong(`only <${item}> was expected here`);
    child.holds = 'text';
    child.member = wrapper.member;
    child.index = wrapper.items.length;
  }

  private openMember(parent: Frame, child: Frame): void {
    const member = parent.type.members.get(child.name);
    if (member === undefined) this.wrong(`there is no <${child.name}> in ${parent.type.name}`);
    if (member.how === 'ignore') return;
    child.member = member;
    const { object } = parent;
    const before = object[member.key];
    if (before !== undefined && member.how !== 'flat' && parent.repeatable !== member) this.twice(member.key);
    switch (member.how) {
      case 'text':
        child.holds = 'text';
        return;
      case 'struct': {
        const content = child.holdMembers(member.type);
        if (member.become === undefined) object[member.key] = content;
        return;
      }
      case 'flat': {
        const items = Array.isArray(before) ? before : [];
        object[member.key] = items;
        child.index = items.length;
        items.push(child.holdMembers(member.type));
        return;
      }
      default:
        child.holds = member.how === 'list' ? 'items' : 'values';
        child.type = member.type;
        child.items = Array.isArray(before) ? before : [];
        object[member.key] = child.items;
        if (member.wrapperMayBeItem) parent.repeatable = member;
    }
  }

  /** Whether a wrapper with such a child or attribute is itself an item. */
  private isItemItself({ member, type }: Frame, name: string): boolean {
    return member.wrapperMayBeItem && type.members.has(name);
  }

  private attribute(element: Frame, name: string, value: string): void {
    if (name.length > limits.name) this.wrong(`a name may have ${limits.name} characters at most`);
    if (element.holds === 'ignored' || name === 'xmlns' || name.startsWith('xmlns:')) return;
    if (element.holds === 'items' && this.isItemItself(element, name)) {
      element.items.push(element.holdMembers(element.type));
    }
    const member = element.holds === 'members' ? element.type.members.get(name) : undefined;
    if (member === undefined) this.wrong(`there is no attribute ${name} in <${element.name}>`);
    if (member.how === 'ignore') return;
    if (member.how !== 'text') this.wrong(`${name} must be an element, not an attribute`);
    if (element.object[member.key] !== undefined) this.twice(member.key);
    element.object[member.key] = this.value(member, value, name);
  }

  text(text: string): void {
    const { top } = this;
    if (top.holds === 'text') {
      top.text = top.text === '' ? text : top.text + text;
    } else if (top.holds !== 'ignored' && !isBlank(text)) {
      this.wrong(`elements were expected in <${top.name}>, not text`);
    }
  }

  close(): void {
    const { top } = this;
    const parent = top.above as Frame;
    if (top.holds === 'text') {
      const value = this.value(top.member, top.text);
      if (top.index < 0) parent.object[top.member.key] = value;
      else parent.items.push(value);
    } else if (top.holds === 'members') {
      const { settle } = top.type;
      const left = settle?.(top.object);
      if (left !== undefined) this.wrong(left.text, left.reason);
      const { become, key } = top.member;
      if (become !== undefined && top.index < 0) parent.object[key] = this.became(become(top.object));
    }
    this.depth--;
    this.top = parent;
  }

  private value(member: ReadMember, text: string, attribute?: string): Plain {
    const value = member.read(text);
    return isMistake(value) ? this.wrong(value.text, value.reason, attribute) : value;
  }

  private became(result: ReturnType<NonNullable<ReadMember['become']>>): unknown[] {
    return isMistake(result) ? this.wrong(result.text, result.reason) : result;
  }

  private twice(key: string): never {
    const { name } = this.top;
    this.wrong(`${key} is given twice${name === key ? '' : `; ${name} is another name of it`}`);
  }

  /** What is wrong with the element just entered, or with one of its attributes. */
  private wrong(problem: string, reason: string = reasons.syntax, attribute?: string): never {
    // No start tag holds a second `<`.
    this.refuse(problem, this.document.lastIndexOf('<', this.top.offset - 1), reason, attribute);
  }

  refuse(problem: string, offset: number, reason: string = reasons.syntax, attribute?: string): never {
    const place = placeOf(this.document, offset);
    const path = this.top.above === undefined ? '' : this.top.path();
    const element = [path, attribute].filter(Boolean).join('.');
    const at = `line ${place.line}, column ${place.column}`;
    const detail = `${at}${element === '' ? '' : `, ${element}`}: ${problem}`;
    throw new Refused({ status: 400, reason, detail, ...place, element });
  }
}

/** Reads a document whose root is of the given type. Throws `Refused`. */
export function decodeXml(document: string, root: ReadType): unknown {
  const decoder = new Decoder(document, root);
  parseXml(document, decoder);
  return decoder.result;
}
