/** Addresses to open links from, another each time: what one test tries in vain slows no other down. */
export function newPace(): () => string {
  let asked = 0;
  return () => {
    asked += 1;
    return `198.18.${Math.floor(asked / 250)}.${asked % 250}`;
  };
}
