import { testUnstorable } from "./unstorable.ts";

testUnstorable(() => {
  const form = document.createElement("form");
  // Its fields hide what a form inherits.
  form.innerHTML = '<input name="constructor"><input name="name">';
  const input = Object.assign(document.createElement("input"), { type: "file" });
  return [
    ["an instance of HTMLDivElement", document.createElement("div")],
    ["an instance of HTMLFormElement", form],
    ["an instance of HTMLInputElement", input],
    ["an instance of Text", document.createTextNode("a")],
    ["an instance of HTMLDocument", document],
    ["an instance of Window", window],
    ["an instance of Storage", localStorage],
    ["an instance of IDBFactory", indexedDB],
    ["an instance of FileList", input.files],
    ["an instance of NodeList", document.querySelectorAll("p")],
    ["an instance of DOMStringMap", form.dataset],
    ["an instance of ImageData", new ImageData(1, 1)],
    ["an instance of DOMRect", new DOMRect()],
    ["an instance of MouseEvent", new MouseEvent("click")],
  ];
});
