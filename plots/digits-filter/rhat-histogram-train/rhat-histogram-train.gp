# gnuplot rhat-histogram-train.gp                          draws rhat-histogram-train.svg
# gnuplot -e "format='pdf'" rhat-histogram-train.gp        draws rhat-histogram-train.pdf
# gnuplot -e "format='png'" rhat-histogram-train.gp        draws rhat-histogram-train.png
reset
set encoding utf8
if (!exists("format")) format = 'svg'
if (!exists("output")) output = 'rhat-histogram-train.' . format
heat = 'image'
tile = 'rgbimage'
cap = 'heads nofilled size screen 0.004,90'
if (format eq 'svg') {
  # Cells as shapes: browsers smooth the pixels of images.
  heat = 'image pixels'
  tile = 'rgbimage pixels'
  set terminal svg enhanced size 672,400 font "sans-serif,9" \
    fontscale 1.3333 background "#FFFFFF"
} else { if (format eq 'pdf') {
  set terminal pdfcairo enhanced size 7in,4.1667in font "Sans,9" \
    fontscale 0.75 linewidth 1.5 pointscale 0.75 background "#FFFFFF"
} else { if (format eq 'png') {
  set terminal pngcairo enhanced size 1512,900 font "Sans,9" \
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
set style line 2 linecolor rgb "#D55E00" linewidth 1.7 dashtype (9,3) pointtype 5 pointsize 0.55
set style line 3 linecolor rgb "#009E73" linewidth 1.7 dashtype (2.5,2.5) pointtype 9 pointsize 0.55

set multiplot

# Panel 1
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set lmargin at screen 0.0861; set rmargin at screen 0.814
set bmargin at screen 0.1133; set tmargin at screen 0.92
set xlabel 'r̂, nats' offset 0,0.3 textcolor rgb "#222222"
set format x '%h'
set xtics norotate scale 0.6,0.3 (-0.4, -0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3)
unset mxtics
set grid xtics
set ylabel 'mixed samples' textcolor rgb "#222222"
set format y '%h'
set ytics norotate scale 0.6,0.3 (0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200)
unset mytics
set grid ytics
set arrow 1 from first 0,graph 0 to first 0,graph 1 nohead back linewidth 1 dashtype (5,4) linecolor rgb "#666666"
plot [-0.4242467374421364:0.3712158952618694] [0:200] \
  'rhat-histogram-train.csv' skip 1 using 1:(finite($3)):1:2:(0):(finite($3)) with boxxyerror linestyle 2 dashtype solid linewidth 0.6 fillstyle transparent solid 0.22 noborder notitle, \
  'rhat-histogram-train.csv' skip 1 using 1:(valid(3)&&abs($3)<1e300?$3:0) with steps linestyle 2 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::0::0 using 1:(0):(0):((valid(3)&&abs($3)<1e300?$3:0)-(0)) with vectors nohead linestyle 2 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::59::59 using 1:(valid(3)&&abs($3)<1e300?$3:0):($2-$1):(0) with vectors nohead linestyle 2 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::59::59 using 2:(0):(0):((valid(3)&&abs($3)<1e300?$3:0)-(0)) with vectors nohead linestyle 2 notitle, \
  'rhat-histogram-train.csv' skip 1 using 1:(finite($4)):1:2:(0):(finite($4)) with boxxyerror linestyle 3 dashtype solid linewidth 0.6 fillstyle transparent solid 0.22 noborder notitle, \
  'rhat-histogram-train.csv' skip 1 using 1:(valid(4)&&abs($4)<1e300?$4:0) with steps linestyle 3 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::0::0 using 1:(0):(0):((valid(4)&&abs($4)<1e300?$4:0)-(0)) with vectors nohead linestyle 3 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::59::59 using 1:(valid(4)&&abs($4)<1e300?$4:0):($2-$1):(0) with vectors nohead linestyle 3 notitle, \
  'rhat-histogram-train.csv' skip 1 every ::59::59 using 2:(0):(0):((valid(4)&&abs($4)<1e300?$4:0)-(0)) with vectors nohead linestyle 3 notitle

# Title and legend
unset label; unset arrow; unset object; unset title; unset colorbox
unset xlabel; unset ylabel; unset logscale
set label '{/:Bold Teacher-guided mixup on handwritten digits, teacher train}' at screen 0.5,0.96 center font ",10" textcolor rgb "#222222"
set key at screen 0.8378,0.9167 left top vertical maxcols 1 Left reverse samplen 2.6 spacing 1.15 font ",8" textcolor rgb "#222222"
set lmargin at screen 0; set rmargin at screen 1
set bmargin at screen 0; set tmargin at screen 1
unset border; unset tics; unset grid
plot [0:1] [0:1] \
  NaN notitle, \
  keyentry with boxes linestyle 2 dashtype solid linewidth 0.8 fillstyle transparent solid 0.22 border title 'train-all', \
  keyentry with boxes linestyle 3 dashtype solid linewidth 0.8 fillstyle transparent solid 0.22 border title 'train-low'

unset multiplot
unset output
