# gnuplot alignment.gp                          draws alignment.svg
# gnuplot -e "format='pdf'" alignment.gp        draws alignment.pdf
# gnuplot -e "format='png'" alignment.gp        draws alignment.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'alignment.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,587 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,6.1111in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,1320 font "Sans,9" \
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
set lmargin at screen 0.1052; set rmargin at screen 0.4722
set bmargin at screen 0.5689; set tmargin at screen 0.9455
set xlabel 'iterations' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 1000, 2000, 3000)
unset mxtics
set grid xtics
set ylabel 'minimum of α' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (-0.12, -0.1, -0.08, -0.06, -0.04, -0.02, 0)
unset mytics
set grid ytics
plot [0:3000] [-0.124:0.008] \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($17)) with lines linestyle 1 dashtype (1,3) linewidth 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($18)) with lines linestyle 2 dashtype (1,3) linewidth 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($19)) with lines linestyle 3 dashtype (1,3) linewidth 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($20)) with lines linestyle 4 dashtype (1,3) linewidth 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($21)) with lines linestyle 5 dashtype (1,3) linewidth 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'alignment.1.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Panel 2
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5933; set rmargin at screen 0.9603
set bmargin at screen 0.5689; set tmargin at screen 0.9455
set xlabel 'iterations' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 1000, 2000, 3000)
unset mxtics
set grid xtics
set ylabel '5 % quantile of α' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (-0.1, -0.08, -0.06, -0.04, -0.02, 0)
unset mytics
set grid ytics
plot [0:3000] [-0.104:0.004] \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($17)) with lines linestyle 1 dashtype (1,3) linewidth 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($18)) with lines linestyle 2 dashtype (1,3) linewidth 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($19)) with lines linestyle 3 dashtype (1,3) linewidth 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($20)) with lines linestyle 4 dashtype (1,3) linewidth 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($21)) with lines linestyle 5 dashtype (1,3) linewidth 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'alignment.2.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Panel 3
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.1052; set rmargin at screen 0.4722
set bmargin at screen 0.1127; set tmargin at screen 0.4893
set xlabel 'iterations' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 1000, 2000, 3000)
unset mxtics
set grid xtics
set ylabel 'share of α < 0' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
unset mytics
set grid ytics
set arrow 1 from graph 0,first 0.5 to graph 1,first 0.5 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [0:3000] [0.25:0.52] \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'alignment.3.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Panel 4
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.5933; set rmargin at screen 0.9603
set bmargin at screen 0.1127; set tmargin at screen 0.4893
set xlabel 'iterations' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (0, 1000, 2000, 3000)
unset mxtics
set grid xtics
set ylabel 'share of q < 0' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
unset mytics
set grid ytics
set arrow 1 from graph 0,first 0.5 to graph 1,first 0.5 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [0:3000] [-0.04:0.62] \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($2)):(finite($3)) with filledcurves linestyle 1 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($5)):(finite($6)) with filledcurves linestyle 2 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($8)):(finite($9)) with filledcurves linestyle 3 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($11)):(finite($12)) with filledcurves linestyle 4 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($14)):(finite($15)) with filledcurves linestyle 5 fillstyle transparent solid 0.15 noborder notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($4)) with lines linestyle 1 notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($7)) with lines linestyle 2 notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($10)) with lines linestyle 3 notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($13)) with lines linestyle 4 notitle, \
  'alignment.4.csv' skip 1 using (finite($1)):(finite($16)) with lines linestyle 5 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold What mixup''s first-order term pushes}' at screen 0.5,0.9727 center font ",10" textcolor rgb "#222222"
set key at screen 0.5,0.04 center top horizontal maxcols 5 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with lines linestyle 1 title 'plain', \
  keyentry with lines linestyle 2 title 'mixup', \
  keyentry with lines linestyle 3 title 'early-stopped', \
  keyentry with lines linestyle 4 title 'mixupe', \
  keyentry with lines linestyle 5 title 'low'

unset multiplot
unset output
