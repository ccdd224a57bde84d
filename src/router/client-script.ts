export const clientScript: string = "";
