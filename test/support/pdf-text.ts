/** What a PDF says, page after page, as a reader of it has it; and whether it is tagged. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface PdfText {
  readonly pages: readonly string[];
  readonly isTagged: boolean;
  readonly language: string | null;
  /** Roles of the first page's structure, from the outside in and in their order. */
  readonly roles: readonly string[];
}

interface TreeNode {
  readonly role?: string;
  readonly children?: readonly TreeNode[];
}

export async function pdfText(bytes: Uint8Array): Promise<PdfText> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  try {
    const document = await task.promise;
    const pages: string[] = [];
    for (let at = 1; at <= document.numPages; at += 1) {
      const { items } = await (await document.getPage(at)).getTextContent();
      pages.push(items.map((item) => ('str' in item ? item.str : '')).join(' '));
    }
    const [marks, metadata] = [await document.getMarkInfo(), await document.getMetadata()];
    const tree = (await (await document.getPage(1)).getStructTree()) as TreeNode | null;
    const info = metadata.info as { Language?: string | null };
    const isTagged = (marks as unknown as Map<string, boolean> | null)?.get('Marked') === true;
    return { pages, isTagged, language: info.Language ?? null, roles: rolesOf(tree) };
  } finally {
    await task.destroy();
  }
}

function rolesOf(node: TreeNode | null): string[] {
  if (node === null) return [];
  return [...(node.role === undefined ? [] : [node.role]), ...(node.children ?? []).flatMap(rolesOf)];
}
