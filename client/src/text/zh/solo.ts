import type { Text } from '../en/en.ts';

export const solo: Text['solo'] = {
  title: '录制自己',
  lead: '按一下即可打开摄像头和麦克风并开始录制。停止后设备随即关闭，录制立即可用。',
  name: '录制中显示的姓名',
  nameHint: '可选',
  me: '我',
  record: '录制',
  stop: '停止',
  picture: '您的画面',
  closed: '在您按下“录制”之前，摄像头和麦克风保持关闭。',
  time: '已录制',
  size: '已写入磁盘',
  noDevice: '没有录制任何内容：摄像头和麦克风都无法打开。',
  elsewhere: '您已在另一个窗口（或刚刚关闭的窗口）中录制。请在那里停止，或等待一分钟。',
  recordings: '您的录制',
  none: '您录制的内容会显示在这里，仅您本人可在此浏览器中看到。',
};
