/**
 * Soundkin's mark: three bars of a waveform, kin by colour, in a rounded square. Also the page's icon.
 */
export const SOUNDKIN_MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
  '<rect width="32" height="32" rx="9" fill="#221f3d"/>' +
  '<g stroke-width="3.6" stroke-linecap="round" fill="none">' +
  '<path stroke="#8f7bff" d="M8 13.5v5"/><path stroke="#8f7bff" d="M13.33 9v14"/>' +
  '<path stroke="#f2b708" d="M18.67 11.5v9"/><path stroke="#1fc4a4" d="M24 14.5v3"/></g></svg>';
