import { expect, test } from 'vitest'
import { toCsv } from '@/ui/chart/download'

test('SECURITY E8: names that a spreadsheet would run are neutralised', () => {
  const points = { xs: [1], ys: [0.5] }
  const series = ['=cmd()', '+1', '@x', 'a,"b"', 'plain'].map((name) => ({ key: name, name, points, live: false }))
  expect(toCsv(series, { x: 'epoch', y: '' })).toBe(
    ['series,epoch,y', "'=cmd(),1,0.5", "'+1,1,0.5", "'@x,1,0.5", '"a,""b""",1,0.5', 'plain,1,0.5'].join('\r\n'),
  )
})
