package outline

import "math"

// The ellipsoid of Krasovsky, which GCJ-02 is computed on.
const (
	halfAxis     = 6378245.0
	eccentricity = 0.00669342162296594323 // squared
)

// Shift is how far GCJ-02 lies beside WGS-84 in degrees; nothing outside of China.
func Shift(lon, lat float64) (east, north float64) {
	if lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271 {
		return 0, 0
	}
	x, y := lon-105, lat-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 + (160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 + (150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	rad := lat * math.Pi / 180
	magic := 1 - eccentricity*math.Sin(rad)*math.Sin(rad)
	root := math.Sqrt(magic)
	north = north * 180 / (halfAxis * (1 - eccentricity) / (magic * root) * math.Pi)
	east = east * 180 / (halfAxis / root * math.Cos(rad) * math.Pi)
	return east, north
}

// Unshift is where a place in GCJ-02 lies in WGS-84, to a millimetre or so.
func Unshift(lon, lat float64) (lon84, lat84 float64) {
	const rounds = 6 // each is nearer by some thousand times
	lon84, lat84 = lon, lat
	for range rounds {
		east, north := Shift(lon84, lat84)
		lon84, lat84 = lon-east, lat-north
	}
	return lon84, lat84
}
