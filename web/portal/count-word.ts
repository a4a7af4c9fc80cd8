/** "3 results": a number with its word. What is not counted, such as personal details, has one word. */
export function countWord(one: string, many: string): (count: number) => string {
  if (one === many) return () => one;
  return (count) => (count === 1 ? `1 ${one}` : `${count} ${many}`);
}
