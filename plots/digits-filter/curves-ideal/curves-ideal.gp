# gnuplot curves-ideal.gp                          draws curves-ideal.svg
# gnuplot -e "format='pdf'" curves-ideal.gp        draws curves-ideal.pdf
# gnuplot -e "format='png'" curves-ideal.gp        draws curves-ideal.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'curves-ideal.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,427 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,4.4444in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,960 font "Sans,9" \
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

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0766; set rmargin at screen 0.4722
set bmargin at screen 0.2924; set tmargin at screen 0.925
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test accuracy, %' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (86, 88, 90, 92, 94, 96)
unset mytics
set grid ytics
plot [1:100] [84.1072:96.33279999999999] \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'curves-ideal.1.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5742; set rmargin at screen 0.9603
set bmargin at screen 0.2924; set tmargin at screen 0.925
set xlabel 'epoch' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (20, 40, 60, 80, 100)
unset mxtics
set grid xtics
set ylabel 'test NLL, nats' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
unset mytics
set grid ytics
plot [1:100] [0.16158911193987857:0.7306666469989398] \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.1 noborder notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'curves-ideal.2.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits, teacher ideal *}' at screen 0.5,0.9625 center font ",10" textcolor rgb "#222222"
set label '* has seen test labels: an upper bound, not a result' . "\n" . 'outside the axes: ideal-high * (10.0 %, 27.1 nats),' . "\n" . 'ideal-high-late * (10.1 %, 110.5 nats)' at screen 0.5,0.0916 center font ",7.5" textcolor rgb "#222222"
set key at screen 0.5,0.1924 center top horizontal maxcols 4 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'plain', \
  keyentry with lines linestyle 2 title 'mixup = ideal-all *', \
  keyentry with lines linestyle 3 title 'ideal-low *', \
  keyentry with lines linestyle 4 title 'ideal-random *', \
  keyentry with lines linestyle 5 title 'ideal-matched *'

unset multiplot
unset output
