/**
 * With these ffmpeg decodes all of a file, at the times that its pictures have: at the mean rate that an FLV tells, where it
 * would put them otherwise, two that follow each other closely share one, and it complains of that.
 */
export function decodingArguments(path: string, level: 'error' | 'warning' = 'error'): string[] {
  const asTheyCome = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];
  return ['-xerror', '-v', level, '-i', path, ...asTheyCome, '-f', 'null', '-'];
}
