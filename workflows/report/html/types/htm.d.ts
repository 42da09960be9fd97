/* What is used of htm, whose own types are those of a CommonJS module. */

declare const htm: {
  /** A template's tag that makes elements by a function. */
  bind<Element>(
    make: (type: never, props: Readonly<Record<string, unknown>> | null, ...children: never[]) => Element,
  ): (strings: TemplateStringsArray, ...values: readonly unknown[]) => Element | readonly Element[];
};
export default htm;
