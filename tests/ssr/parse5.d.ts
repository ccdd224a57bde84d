/** The version that is installed has no types of its own. */
declare module "parse5" {
  export interface Attr {
    name: string;
    value: string;
  }
  export interface Node {
    nodeName: string;
    tagName?: string;
    value?: string;
    attrs?: Attr[];
    childNodes?: Node[];
    content?: Node;
    parentNode?: Node;
  }
  export function parse(html: string, options?: { scriptingEnabled?: boolean }): Node;
}
