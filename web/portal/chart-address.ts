/** The chart that an address of the portal names, and whether it is of the chart's first page. */
export function chartAt(path: string): { readonly chart: string | null; readonly isFirst: boolean } {
  const [, chart = null, rest = ''] = /^\/portal\/([\da-f-]{36})(\/.*)?$/.exec(path) ?? [];
  return { chart, isFirst: chart !== null && (rest === '' || rest === '/') };
}
