/* A QR code as one path of SVG: nothing is fetched, nothing is HTML. */
import { useEffect, useState } from "react";

async function pathOf(text: string): Promise<{ size: number; path: string }> {
  const { default: qrcode } = await import("qrcode-generator");
  const code = qrcode(0, "M"); // 0: as large as the text needs
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
  return { size: size + 8, path }; // four modules of silence around it
}

export function Qr({ text, title }: { text: string; title: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    void pathOf(text).then(setDrawn);
  }, [text]);
  return (
    drawn && (
      <svg
        className="qr"
        role="img"
        aria-label={title}
        viewBox={`0 0 ${drawn.size} ${drawn.size}`}
        shapeRendering="crispEdges"
      >
        <rect width="100%" height="100%" fill="#fff" />
        <path d={drawn.path} fill="#000" />
      </svg>
    )
  );
}
