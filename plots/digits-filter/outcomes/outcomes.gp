# gnuplot outcomes.gp                          draws outcomes.svg
# gnuplot -e "format='pdf'" outcomes.gp        draws outcomes.pdf
# gnuplot -e "format='png'" outcomes.gp        draws outcomes.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'outcomes.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,491 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,5.1111in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1104 font "Sans,9" \
    fontscale 2.25 linewidth 2.25 pointscale 1 background "#FFFFFF"
} else {
  exit error 'format is svg, pdf or png'
} } }
set output output

# Gaps: values that are not finite, or have no place on a log axis.
finite(v) = abs(v) < 1e300 ? v : NaN
positive(v) = v >= 1e-300 && v < 1e300 ? v : NaN
set datafile separator comma
set datafile commentschars ""
set decimalsign '.'
set minussign
unset key
set border 3 linecolor rgb "#444444" linewidth 0.8
set tics out nomirror scale 0.6,0.3 textcolor rgb "#222222"
set tics font ",8"
set grid xtics ytics back linetype 1 linewidth 0.6 \
  linecolor rgb "#E4E4E4"
set style line 1 linecolor rgb "#0072B2" linewidth 1.7 dashtype solid pointtype 7 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1917; set rmargin at screen 0.4722
set bmargin at screen 0.1529; set tmargin at screen 0.9348
set xlabel 'test accuracy, %' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (94, 96, 98, 100)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('ideal *' 1, 'train' 2, 'plain' 3, 'mixup' 4, 'ideal-low *' 5, 'ideal-high *' 6, 'ideal-high-late *' 7, 'ideal-all *' 8, 'ideal-random *' 9, 'ideal-matched *' 10, 'train-low' 11, 'train-high' 12, 'train-high-late' 13, 'train-all' 14, 'train-random' 15, 'train-matched' 16)
unset mytics
set grid noytics
set label '← 10' at graph 0.015,first 6 left front font ",7.5" textcolor rgb "#222222"
set label '← 10.1' at graph 0.015,first 7 left front font ",7.5" textcolor rgb "#222222"
set label '← 10.1' at graph 0.015,first 12 left front font ",7.5" textcolor rgb "#222222"
set label '← 10' at graph 0.015,first 13 left front font ",7.5" textcolor rgb "#222222"
plot [93.58555938492528:100] [16.6:0.4] \
  'outcomes.1.csv' skip 1 using ($2>=93.58555938492528&&$2<=100?$3:NaN):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'outcomes.1.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.6798; set rmargin at screen 0.9603
set bmargin at screen 0.1529; set tmargin at screen 0.9348
set xlabel 'test NLL, nats' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.1, 0.15, 0.2)
unset mxtics
set grid xtics
set format y '%h'
set ytics norotate scale 0 ('ideal *' 1, 'train' 2, 'plain' 3, 'mixup' 4, 'ideal-low *' 5, 'ideal-high *' 6, 'ideal-high-late *' 7, 'ideal-all *' 8, 'ideal-random *' 9, 'ideal-matched *' 10, 'train-low' 11, 'train-high' 12, 'train-high-late' 13, 'train-all' 14, 'train-random' 15, 'train-matched' 16)
unset mytics
set grid noytics
set label '27.1 →' at graph 0.985,first 6 right front font ",7.5" textcolor rgb "#222222"
set label '111 →' at graph 0.985,first 7 right front font ",7.5" textcolor rgb "#222222"
set label '30.2 →' at graph 0.985,first 12 right front font ",7.5" textcolor rgb "#222222"
set label '108 →' at graph 0.985,first 13 right front font ",7.5" textcolor rgb "#222222"
plot [0.05666945629774599:0.23257096617337109] [16.6:0.4] \
  'outcomes.2.csv' skip 1 using ($2>=0.05666945629774599&&$2<=0.23257096617337109?$3:NaN):($1+0):((finite($4))-(finite($3))):(0) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'outcomes.2.csv' skip 1 using (finite($2)):($1+0) with points linestyle 1 pointsize 0.7 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits}' at screen 0.5,0.9674 center font ",10" textcolor rgb "#222222"
set label '* has seen test labels: an upper bound, not a result' . "\n" . 'number with arrow: a collapsed arm, outside the axes' at screen 0.5,0.0521 center font ",7.5" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle

unset multiplot
unset output
