# gnuplot front.gp                          draws front.svg
# gnuplot -e "format='pdf'" front.gp        draws front.pdf
# gnuplot -e "format='png'" front.gp        draws front.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'front.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,560 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,5.8333in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1260 font "Sans,9" \
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
set style line 2 linecolor rgb "#D55E00" linewidth 1.7 dashtype (9,3) pointtype 5 pointsize 0.55
set style line 3 linecolor rgb "#009E73" linewidth 1.7 dashtype (2.5,2.5) pointtype 9 pointsize 0.55
set style line 4 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (9,3,2,3) pointtype 13 pointsize 0.55
set style line 5 linecolor rgb "#E69F00" linewidth 1.7 dashtype (18,4) pointtype 6 pointsize 0.55
set style line 6 linecolor rgb "#56B4E9" linewidth 1.7 dashtype (2,6) pointtype 4 pointsize 0.55
set style line 7 linecolor rgb "#000000" linewidth 1.7 dashtype (14,3,6,3) pointtype 8 pointsize 0.55
set style line 8 linecolor rgb "#7F7F7F" linewidth 1.7 dashtype (9,3,2,3,2,3) pointtype 12 pointsize 0.55
set style line 9 linecolor rgb "#0072B2" linewidth 1.7 dashtype (5,5) pointtype 11 pointsize 0.55
set style line 10 linecolor rgb "#D55E00" linewidth 1.7 dashtype solid pointtype 10 pointsize 0.55
set style line 11 linecolor rgb "#009E73" linewidth 1.7 dashtype (9,3) pointtype 3 pointsize 0.55
set style line 12 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (2.5,2.5) pointtype 7 pointsize 0.55
set style line 13 linecolor rgb "#E69F00" linewidth 1.7 dashtype (9,3,2,3) pointtype 5 pointsize 0.55
set style line 14 linecolor rgb "#56B4E9" linewidth 1.7 dashtype (18,4) pointtype 9 pointsize 0.55
set style line 15 linecolor rgb "#000000" linewidth 1.7 dashtype (2,6) pointtype 13 pointsize 0.55
set style line 16 linecolor rgb "#7F7F7F" linewidth 1.7 dashtype (14,3,6,3) pointtype 6 pointsize 0.55
set style line 17 linecolor rgb "#0072B2" linewidth 1.7 dashtype (9,3,2,3,2,3) pointtype 4 pointsize 0.55
set style line 18 linecolor rgb "#D55E00" linewidth 1.7 dashtype (5,5) pointtype 8 pointsize 0.55
set style line 19 linecolor rgb "#009E73" linewidth 1.7 dashtype solid pointtype 12 pointsize 0.55
set style line 20 linecolor rgb "#CC79A7" linewidth 1.7 dashtype (9,3) pointtype 11 pointsize 0.55
set style line 21 linecolor rgb "#E69F00" linewidth 1.7 dashtype (2.5,2.5) pointtype 10 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0956; set rmargin at screen 0.9722
set bmargin at screen 0.2851; set tmargin at screen 0.9429
set xlabel 'common feature learning' offset 0,0.3 textcolor rgb "#222222"
set logscale x
set format x '%h'
set xtics norotate scale 0.6,0.3 (0.5, 1, 2, 5)
unset mxtics
set grid xtics
set ylabel 'rare feature learning' textcolor rgb "#222222"
set logscale y
set format y '10^{%T}'
set ytics norotate scale 0.6,0.3 autofreq
set mytics
set grid ytics
plot [0.346:8.82] [0.000675:0.345] \
  'front.1.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 16 notitle, \
  'front.2.csv' skip 1 using (positive($1)):(positive($2)) with lines linestyle 1 notitle, \
  'front.3.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 1 dashtype solid linewidth 1 notitle, \
  'front.3.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 1 notitle, \
  'front.4.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 2 dashtype solid linewidth 1 notitle, \
  'front.4.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 2 notitle, \
  'front.5.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 3 dashtype solid linewidth 1 notitle, \
  'front.5.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 3 notitle, \
  'front.6.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 4 dashtype solid linewidth 1 notitle, \
  'front.6.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 4 notitle, \
  'front.7.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 5 dashtype solid linewidth 1 notitle, \
  'front.7.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 5 notitle, \
  'front.8.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 6 dashtype solid linewidth 1 notitle, \
  'front.8.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 6 notitle, \
  'front.9.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 7 dashtype solid linewidth 1 notitle, \
  'front.9.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 7 notitle, \
  'front.10.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 8 dashtype solid linewidth 1 notitle, \
  'front.10.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 8 notitle, \
  'front.11.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 9 dashtype solid linewidth 1 notitle, \
  'front.11.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 9 notitle, \
  'front.12.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 10 dashtype solid linewidth 1 notitle, \
  'front.12.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 10 notitle, \
  'front.13.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 11 dashtype solid linewidth 1 notitle, \
  'front.13.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 11 notitle, \
  'front.14.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 12 dashtype solid linewidth 1 notitle, \
  'front.14.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 12 notitle, \
  'front.15.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 13 dashtype solid linewidth 1 notitle, \
  'front.15.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 13 notitle, \
  'front.16.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 14 dashtype solid linewidth 1 notitle, \
  'front.16.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 14 notitle, \
  'front.17.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 15 dashtype solid linewidth 1 notitle, \
  'front.17.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 15 notitle, \
  'front.18.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 17 dashtype solid linewidth 1 notitle, \
  'front.18.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 17 notitle, \
  'front.19.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 18 dashtype solid linewidth 1 notitle, \
  'front.19.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 18 notitle, \
  'front.20.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 19 dashtype solid linewidth 1 notitle, \
  'front.20.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 19 notitle, \
  'front.21.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 20 dashtype solid linewidth 1 notitle, \
  'front.21.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 20 notitle, \
  'front.22.csv' skip 1 using (positive($1)):(positive($3)):(0):((positive($4))-(positive($3))) with vectors @cap linestyle 21 dashtype solid linewidth 1 notitle, \
  'front.22.csv' skip 1 using (positive($1)):(positive($2)) with points linestyle 21 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Common against rare features}' at screen 0.5,0.9714 center font ",10" textcolor rgb "#222222"
set label 'drawn and further left: c9; c20; c33' at screen 0.5,0.0216 center font ",7.5" textcolor rgb "#222222"
set key at screen 0.5,0.2089 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with points linestyle 16 title 'drawn, on 1 seed', \
  keyentry with lines linestyle 1 title 'front, fresh seeds', \
  keyentry with points linestyle 1 title 'c27, found', \
  keyentry with points linestyle 2 title 'c29, found', \
  keyentry with points linestyle 3 title 'c34, found', \
  keyentry with points linestyle 4 title 'c48, found', \
  keyentry with points linestyle 5 title 'c49, found', \
  keyentry with points linestyle 6 title 'plain', \
  keyentry with points linestyle 7 title 'mixup', \
  keyentry with points linestyle 8 title 'early-stopped', \
  keyentry with points linestyle 9 title 'midpoint', \
  keyentry with points linestyle 10 title 'RegMixup', \
  keyentry with points linestyle 11 title 'RegMixup, halved', \
  keyentry with points linestyle 12 title 'easy', \
  keyentry with points linestyle 13 title 'hard', \
  keyentry with points linestyle 14 title 'easy-hard-easy', \
  keyentry with points linestyle 15 title 'low, plain teacher', \
  keyentry with points linestyle 17 title 'high, plain teacher', \
  keyentry with points linestyle 18 title 'low, mixup teacher', \
  keyentry with points linestyle 19 title 'high, mixup teacher', \
  keyentry with points linestyle 20 title 'low, whole teacher', \
  keyentry with points linestyle 21 title 'high, whole teacher'

unset multiplot
unset output
