/** Where the focus goes when a menu has gone: back to what opened it, unless a dialog that the menu opened has it by then. */

/** For `finalFocus` of a menu, which asks when its last animation is over; null stands for what had the focus before. */
export const focusAfterMenu = (opener: HTMLElement | null | undefined): HTMLElement | false | null =>
  document.activeElement?.closest('[role=dialog], [role=alertdialog]') ? false : (opener ?? null);
