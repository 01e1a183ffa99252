/* A file made here; nothing is fetched for it. */
export function saveAs(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name.replace(/[^\w.@-]/g, "_");
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

export function download(name: string, text: string): void {
  saveAs(name, new Blob([text], { type: "text/plain;charset=utf-8" }));
}
