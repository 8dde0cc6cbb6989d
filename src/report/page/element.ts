type Child = Node | string | null | false | undefined;
type Handlers = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Properties {
  class?: string;
  /** Attributes by their HTML names; true stands for an empty one, false and null for none. */
  attributes?: Record<string, string | number | boolean | null>;
  /** CSS custom properties, without the dashes. */
  css?: Record<string, string>;
  on?: Handlers;
}

/** An element with its attributes, handlers and children. Text is always set as text, never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (properties.class) node.className = properties.class;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) {
    if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null) node.setAttribute(name, String(value));
  }
  setCss(node, properties.css ?? {});
  for (const [type, handler] of Object.entries(properties.on ?? {})) {
    node.addEventListener(type, handler as EventListener);
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

/** Sets CSS custom properties, given without the dashes. */
export function setCss(node: HTMLElement, css: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(css)) node.style.setProperty(`--${name}`, value);
}

/** An SVG element; attributes only. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}
